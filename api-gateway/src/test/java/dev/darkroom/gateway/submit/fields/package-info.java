@NullMarked
package dev.darkroom.gateway.submit.fields;

import org.jspecify.annotations.NullMarked;
