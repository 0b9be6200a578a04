/** Sets Tomcat and Spring MVC up: every error is a problem detail, every reply has an id. */
@NullMarked
package dev.darkroom.gateway.http.server;

import org.jspecify.annotations.NullMarked;
