package dev.darkroom.picture.s3;

import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.file.StorageProbe;
import dev.darkroom.picture.file.UploadDirectory;
import java.util.function.LongSupplier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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

/** Configures the SDK from the settings only: no profiles, no environment variables. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "darkroom.picture.store", havingValue = "s3")
@EnableConfigurationProperties(S3Settings.class)
public class S3StoreConfiguration {
  private static final ProfileFile NO_PROFILES = ProfileFile.aggregator().build();

  @Bean(destroyMethod = "") // a shutdown must not break uploads in progress
  LinkingPictureStore pictureStore(S3Settings settings, UploadDirectory uploads) {
    return open(settings, uploads, System::nanoTime).startProbe();
  }

  static S3PictureStore open(S3Settings settings, UploadDirectory uploads, LongSupplier nanoTime) {
    var probe = StorageProbe.inBackground(nanoTime);
    var bucket = new S3Bucket(client(settings), presigner(settings), settings, probe::failed);
    return new S3PictureStore(bucket, settings.prefix(), uploads, probe);
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
                RequestChecksumCalculation.valueOf(settings.checksums().name()))
            .responseChecksumValidation(
                ResponseChecksumValidation.valueOf(settings.checksums().name()))
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
