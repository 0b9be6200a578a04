package dev.darkroom.picture;

import dev.darkroom.model.RequestId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Clock;
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
 * it is known to be whole. Nothing depends on conditional writes, which not all storages have: see
 * docs/decisions/0017-name-pictures-by-their-content.md.
 */
final class S3PictureStore implements LinkingPictureStore {
  private static final Comparator<S3Bucket.Listed> FIRST =
      Comparator.comparing(S3Bucket.Listed::modified).thenComparing(S3Bucket.Listed::key);

  private final S3Bucket bucket;
  private final S3Key keys;
  private final S3Links links;
  private final String prefix;
  private final Drafts drafts;
  private final ProveStorage proof;

  /** So many drafts there must be room for, by the largest number that somebody asked for. */
  private volatile int reserve = 1;

  /** Requests of which several pictures were seen, until the ledger has chosen one. */
  private final Set<RequestId> contested = ConcurrentHashMap.newKeySet();

  S3PictureStore(S3Bucket bucket, String prefix, S3Links links, Drafts drafts, ProveStorage proof) {
    this.bucket = bucket;
    this.keys = new S3Key(prefix);
    this.links = links;
    this.prefix = prefix;
    this.drafts = drafts;
    this.proof = proof;
  }

  /**
   * Storage that is down or refuses the key is no reason not to start: it is said, and asked again.
   *
   * @throws IOException if the local folder can't be written to
   */
  static S3PictureStore open(PictureStoreSettings settings, Clock clock) throws IOException {
    Path drafts = settings.folder().normalize().resolve(".drafts");
    var store =
        ConnectToS3.open(
            settings.s3(), new Drafts(drafts, settings.maxBytes().toBytes(), clock), clock);
    store.drafts.prove();
    var _ = store.proof.begin(store::proveWritable);
    return store;
  }

  @Override
  public PictureDraft draft(RequestId id) throws IOException {
    proof.require(this::proveWritable);
    return drafts.begin(id, this::putIfAbsent);
  }

  private void proveWritable() throws IOException {
    drafts.proveAgain();
    String key = prefix + ".proof";
    bucket.putText(key, "this bucket can be written to");
    bucket.delete(key);
  }

  @Override
  public Optional<StoredPicture> find(RequestId id, Supplier<Optional<String>> chosen)
      throws IOException {
    List<StoredPicture> saved = saved(id);
    if (saved.size() < 2) {
      return saved.stream().findFirst();
    }
    var sha256 = chosen.get();
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

  /** The first one first. A request hardly ever has more than one, and never a page full. */
  private List<StoredPicture> saved(RequestId id) throws IOException {
    return bucket.list(keys.all(id), null).objects().stream()
        .sorted(FIRST)
        .flatMap(object -> keys.read(object).stream())
        .toList();
  }

  @Override
  public Optional<InputStream> open(StoredPicture picture, Part part) throws IOException {
    return bucket.get(keys.of(picture), part.isWhole(picture) ? null : part);
  }

  private StoredPicture putIfAbsent(Path draft, FileChannel content, StoredPicture picture)
      throws IOException {
    Optional<StoredPicture> before = find(picture.id());
    if (before.isPresent()) {
      return before.get();
    }
    bucket.put(keys.of(picture), content, picture);
    List<StoredPicture> saved = saved(picture.id());
    if (!saved.contains(picture)) {
      bucket.delete(keys.of(picture));
      throw new IOException("the storage took the picture, but does not have it whole");
    }
    if (saved.size() > 1) {
      contested.add(picture.id());
    }
    proof.succeeded();
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
    for (S3Bucket.Listed object : saved) {
      bucket.delete(object.key());
    }
    contested.remove(id);
    return !saved.isEmpty();
  }

  /** Keys are listed in their order, and ids begin with the time: the oldest are on top. */
  @Override
  public void eachSavedBefore(Instant moment, int batch, Predicate<List<RequestId>> take)
      throws IOException {
    var out = new InBatches(batch, take);
    String next = null;
    do {
      S3Bucket.Page page = bucket.list(prefix, next);
      for (S3Bucket.Listed object : page.objects()) {
        Optional<RequestId> id = keys.read(object).map(StoredPicture::id);
        if (id.flatMap(Hour::made).filter(made -> !made.isBefore(moment)).isPresent()) {
          out.end();
          return;
        }
        if (id.isPresent() && object.modified().isBefore(moment) && !out.add(id.get())) {
          return;
        }
      }
      next = page.next();
    } while (next != null);
    out.end();
  }

  @Override
  public URI link(StoredPicture picture, Duration lifetime, String disposition) {
    return links.to(keys.of(picture), lifetime, disposition);
  }

  @Override
  public String origin() {
    return links.origin();
  }

  @Override
  public Optional<String> trouble() {
    return trouble(1);
  }

  @Override
  public Optional<String> trouble(int pictures) {
    reserve = Math.max(reserve, pictures);
    return proof.trouble(() -> drafts.requireRoom(reserve), this::proveWritable);
  }
}
