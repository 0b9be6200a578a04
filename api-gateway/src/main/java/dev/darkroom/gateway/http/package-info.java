/** What all routes share: problems, request parameters, limits for clients and heavy reads. */
@NullMarked
package dev.darkroom.gateway.http;

import org.jspecify.annotations.NullMarked;
