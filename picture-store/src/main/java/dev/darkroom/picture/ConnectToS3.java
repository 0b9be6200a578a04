package dev.darkroom.picture;

import java.net.URI;
import java.time.InstantSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Makes the clients as the settings say, and as nothing else does: no profiles, no environment. */
final class ConnectToS3 {
  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  private ConnectToS3() {}

  static S3PictureStore open(S3Settings settings, Drafts drafts, InstantSource clock) {
    var proof = ProveStorage.askedInTheBackground(clock);
    var place = settings.endpointUrl().map(URI::toString).orElse("AWS in " + settings.region());
    var bucket =
        new S3Bucket(
            client(settings),
            settings.bucket(),
            settings.checksums() == S3Settings.Checksums.WHEN_SUPPORTED,
            new ExplainS3(settings.bucket(), place),
            proof::failed);
    var links = new S3Links(presigner(settings), settings.bucket());
    return new S3PictureStore(bucket, settings.prefix(), links, drafts, proof);
  }

  private static S3Client client(S3Settings settings) {
    var client =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.connectTimeout())
                    .socketTimeout(settings.readTimeout()))
            .region(Region.of(settings.region()))
            .credentialsProvider(key(settings))
            .forcePathStyle(settings.pathStyle())
            .requestChecksumCalculation(
                switch (settings.checksums()) {
                  case WHEN_REQUIRED -> RequestChecksumCalculation.WHEN_REQUIRED;
                  case WHEN_SUPPORTED -> RequestChecksumCalculation.WHEN_SUPPORTED;
                })
            .responseChecksumValidation(
                switch (settings.checksums()) {
                  case WHEN_REQUIRED -> ResponseChecksumValidation.WHEN_REQUIRED;
                  case WHEN_SUPPORTED -> ResponseChecksumValidation.WHEN_SUPPORTED;
                })
            .overrideConfiguration(override ->
                override.apiCallTimeout(settings.timeout()).defaultProfileFile(NO_PROFILES));
    settings.endpointUrl().ifPresent(client::endpointOverride);
    return client.build();
  }

  private static S3Presigner presigner(S3Settings settings) {
    var presigner =
        S3Presigner.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(key(settings))
            .serviceConfiguration(
                S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle()).build());
    settings.publicEndpointUrl().ifPresent(presigner::endpointOverride);
    return presigner.build();
  }

  private static AwsCredentialsProvider key(S3Settings settings) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(settings.accessKey(), settings.secretKey()));
  }
}
