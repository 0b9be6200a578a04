@NullMarked
package dev.darkroom.gateway.command;

import org.jspecify.annotations.NullMarked;
