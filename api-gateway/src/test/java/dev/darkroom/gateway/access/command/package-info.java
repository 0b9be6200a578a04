@NullMarked
package dev.darkroom.gateway.access.command;

import org.jspecify.annotations.NullMarked;
