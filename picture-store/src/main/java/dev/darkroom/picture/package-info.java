/** The picture store's API: each request has at most one picture, stored whole or not at all. */
@NullMarked
package dev.darkroom.picture;

import org.jspecify.annotations.NullMarked;
