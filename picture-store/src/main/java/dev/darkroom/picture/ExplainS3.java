package dev.darkroom.picture;

import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Says in a sentence what went wrong, and what may have to be changed. */
final class ExplainS3 {
  private static final Set<Integer> REFUSALS = Set.of(401, 403);

  private final String place;

  /**
   * @param bucket its name
   * @param endpoint where it is
   */
  ExplainS3(String bucket, String endpoint) {
    this.place = "bucket %s at %s".formatted(bucket, endpoint);
  }

  String sentence(RuntimeException e) {
    return e instanceof AwsServiceException answer ? answered(answer) : silent(e);
  }

  /** Its message is left out: it may repeat what was signed. */
  private String answered(AwsServiceException e) {
    int status = e.statusCode();
    String code =
        e.awsErrorDetails() == null ? "" : String.valueOf(e.awsErrorDetails().errorCode());
    String answer = "(%d %s)".formatted(status, code).replace(" )", ")");
    if (code.equals("NoSuchBucket")) {
      return "there is no %s %s; make it, or correct darkroom.picture.s3.bucket"
          .formatted(place, answer);
    }
    if (REFUSALS.contains(status)) {
      return "the storage refused the key for %s %s; look at darkroom.picture.s3.access-key and secret-key, and at what they may do"
          .formatted(place, answer);
    }
    return "the storage could not serve %s %s".formatted(place, answer);
  }

  private String silent(RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "the storage does not answer for %s: %s".formatted(place, cause);
  }
}
