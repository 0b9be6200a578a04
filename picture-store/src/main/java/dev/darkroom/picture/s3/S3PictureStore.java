package dev.darkroom.picture.s3;

import dev.darkroom.model.RequestId;
import dev.darkroom.picture.ByteRange;
import dev.darkroom.picture.LinkingPictureStore;
import dev.darkroom.picture.PictureUpload;
import dev.darkroom.picture.StoredPicture;
import dev.darkroom.picture.file.Batcher;
import dev.darkroom.picture.file.StorageProbe;
import dev.darkroom.picture.file.UploadDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Pictures in S3-compatible storage. A picture is written to a local file first, and uploaded when
 * it is known to be whole. The store needs no conditional writes, which not all storages have: see
 * docs/decisions/0017-name-pictures-by-their-content.md.
 */
final class S3PictureStore implements LinkingPictureStore {
  private static final Comparator<S3Bucket.StoredObject> FIRST =
      Comparator.comparing(S3Bucket.StoredObject::modified)
          .thenComparing(S3Bucket.StoredObject::key);

  private final S3Bucket bucket;
  private final S3ObjectKey keys;
  private final String prefix;
  private final UploadDirectory uploads;
  private final StorageProbe probe;

  /** The largest number of uploads that a caller wanted space for. */
  private volatile int reserve = 1;

  /** Requests with several pictures, until the ledger has recorded one. */
  private final Set<RequestId> contested = ConcurrentHashMap.newKeySet();

  S3PictureStore(S3Bucket bucket, String prefix, UploadDirectory uploads, StorageProbe probe) {
    this.bucket = bucket;
    this.keys = new S3ObjectKey(prefix);
    this.prefix = prefix;
    this.uploads = uploads;
    this.probe = probe;
  }

  /** Storage that is down does not stop the start: the probe reports it and tries again. */
  S3PictureStore startProbe() {
    var _ = probe.begin(this::requireWritable);
    return this;
  }

  @Override
  public PictureUpload upload(RequestId id) throws IOException {
    probe.require(this::requireWritable);
    return uploads.begin(id, this::putIfAbsent);
  }

  /**
   * Reads before it writes: storage that refuses a PUT may close the connection before it has read
   * the body, and then its reason never arrives.
   */
  private void requireWritable() throws IOException {
    uploads.requireWritable();
    uploads.requireSpace(reserve);
    String key = prefix + ".probe";
    bucket.list(key, null);
    bucket.putText(key, "this bucket is writable");
    bucket.delete(key);
  }

  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> recorded)
      throws IOException {
    List<StoredPicture> saved = saved(id);
    if (saved.size() < 2) {
      return saved.stream().findFirst();
    }
    var sha256 = recorded.get();
    var picture = saved.stream().filter(one -> sha256.equals(Optional.of(one.sha256()))).findAny();
    if (picture.isEmpty()) {
      contested.add(id);
      return Optional.of(saved.getFirst());
    }
    for (StoredPicture other : saved) {
      if (!other.equals(picture.get())) {
        bucket.delete(keys.of(other));
      }
    }
    contested.remove(id);
    return picture;
  }

  /** Oldest first. A request rarely has more than one, and never more than a page. */
  private List<StoredPicture> saved(RequestId id) throws IOException {
    return bucket.list(keys.all(id), null).objects().stream()
        .sorted(FIRST)
        .flatMap(object -> keys.parse(object).stream())
        .toList();
  }

  @Override
  public Optional<InputStream> open(StoredPicture picture, ByteRange range) throws IOException {
    return bucket.get(keys.of(picture), range.equals(ByteRange.all(picture)) ? null : range);
  }

  private StoredPicture putIfAbsent(Path upload, FileChannel content, StoredPicture picture)
      throws IOException {
    Optional<StoredPicture> before = find(picture.id());
    if (before.isPresent()) {
      return before.get();
    }
    bucket.put(keys.of(picture), content, picture);
    List<StoredPicture> saved = saved(picture.id());
    if (!saved.contains(picture)) {
      bucket.delete(keys.of(picture));
      throw new IOException("the stored object is incomplete");
    }
    if (saved.size() > 1) {
      contested.add(picture.id());
    }
    probe.succeeded();
    return saved.getFirst();
  }

  @Override
  public void settle(RequestId id, String sha256) throws IOException {
    if (contested.contains(id)) {
      find(id, () -> Optional.of(sha256));
    }
  }

  @Override
  public boolean delete(RequestId id) throws IOException {
    var saved = bucket.list(keys.all(id), null).objects();
    for (S3Bucket.StoredObject object : saved) {
      bucket.delete(object.key());
    }
    contested.remove(id);
    return !saved.isEmpty();
  }

  /** Keys are listed in order and ids begin with the time: the oldest come first. */
  @Override
  public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    var batcher = new Batcher(batch, take);
    String next = null;
    do {
      S3Bucket.ObjectPage page = bucket.list(prefix, next);
      for (S3Bucket.StoredObject object : page.objects()) {
        Optional<RequestId> id = keys.parse(object).map(StoredPicture::id);
        if (id.flatMap(RequestId::createdAt)
            .filter(created -> !created.isBefore(moment))
            .isPresent()) {
          batcher.flush();
          return;
        }
        if (id.isPresent() && object.modified().isBefore(moment) && !batcher.add(id.get())) {
          return;
        }
      }
      next = page.next();
    } while (next != null);
    batcher.flush();
  }

  @Override
  public URI link(StoredPicture picture, Duration lifetime, String disposition) {
    return bucket.link(keys.of(picture), lifetime, disposition);
  }

  @Override
  public String origin() {
    URI any = bucket.link("any", Duration.ofMinutes(1), "inline");
    return any.getScheme() + "://" + any.getRawAuthority();
  }

  @Override
  public Optional<String> trouble(int pictures) {
    reserve = Math.max(reserve, pictures);
    return probe.trouble(this::requireWritable);
  }
}
