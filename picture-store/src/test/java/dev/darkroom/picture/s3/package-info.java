@NullMarked
package dev.darkroom.picture.s3;

import org.jspecify.annotations.NullMarked;
