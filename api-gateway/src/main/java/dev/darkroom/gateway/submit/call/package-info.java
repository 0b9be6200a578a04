/** The call that a job makes: prompt, style and sizes as Nebius gets them. */
@NullMarked
package dev.darkroom.gateway.submit.call;

import org.jspecify.annotations.NullMarked;
