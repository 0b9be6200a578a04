/** Makes pictures for clients of OpenAI's image API, which wait for them and repeat requests. */
@NullMarked
package dev.darkroom.gateway.extras.openai;

import org.jspecify.annotations.NullMarked;
