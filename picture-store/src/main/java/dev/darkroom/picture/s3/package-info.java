/** Stores pictures in S3-compatible storage. */
@NullMarked
package dev.darkroom.picture.s3;

import org.jspecify.annotations.NullMarked;
