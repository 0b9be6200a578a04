package dev.darkroom.gateway.extras.openai;

import dev.darkroom.gateway.submit.Submission;
import java.util.List;
import java.util.Optional;

/**
 * What a client of OpenAI's API asks for.
 *
 * @param submission of a job for each picture
 * @param inBase64 whether the reply has the bytes and not their URLs
 * @param streamed whether the reply is a stream of events
 * @param format that the client would like, where it said so
 * @param ignored names of fields that have no meaning here
 */
record ImageOrder(
    Submission submission,
    boolean inBase64,
    boolean streamed,
    Optional<String> format,
    List<String> ignored) {}
