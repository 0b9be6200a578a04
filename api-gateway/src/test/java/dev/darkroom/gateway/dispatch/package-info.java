@NullMarked
package dev.darkroom.gateway.dispatch;

import org.jspecify.annotations.NullMarked;
