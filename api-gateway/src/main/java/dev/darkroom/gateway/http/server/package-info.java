/** Tomcat and Spring MVC: the guard before all routes, replies to errors, the API description. */
@NullMarked
package dev.darkroom.gateway.http.server;

import org.jspecify.annotations.NullMarked;
