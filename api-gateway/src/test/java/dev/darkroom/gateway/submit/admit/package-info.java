@NullMarked
package dev.darkroom.gateway.submit.admit;

import org.jspecify.annotations.NullMarked;
