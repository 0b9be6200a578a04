package dev.darkroom.system.network;

import dev.darkroom.system.processes.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A way over TCP to one server, which can be cut, or swallow what is sent. It lies on one port for
 * ever; who is told of that port can't get past it.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BACKLOG = 256;

  /** What becomes of bytes and connections. */
  public enum Condition {
    WHOLE,
    /** Connections break (RST), new ones are refused. */
    CUT,
    /**
     * Nothing arrives and nobody is told, as when a switch loses its power. What was sent is
     * delivered when the cable is whole again, as TCP would.
     */
    SILENT,
    /** What clients send arrives; what is answered waits until the cable is whole again. */
    ANSWERS_HELD
  }

  private final int port = FreePorts.claim();
  private final int target;
  private final Set<Socket> ends = new HashSet<>();
  private Condition condition = Condition.WHOLE;
  private @Nullable ServerSocket door;
  private Thread doorman = Thread.ofVirtual().unstarted(() -> {});

  private TcpProxy(int target) {
    this.target = target;
  }

  /** A cable to a port of this machine, whether or not somebody listens there yet. */
  public static TcpProxy to(int target) {
    var cable = new TcpProxy(target);
    cable.open();
    return cable;
  }

  /** Where it is plugged in. */
  public int port() {
    return port;
  }

  public void cut() {
    turn(Condition.CUT);
  }

  public void silence() {
    turn(Condition.SILENT);
  }

  /** The server hears everything, and nobody hears the server. */
  public void holdAnswers() {
    turn(Condition.ANSWERS_HELD);
  }

  public void heal() {
    turn(Condition.WHOLE);
  }

  @Override
  public void close() {
    turn(Condition.CUT);
  }

  private synchronized void turn(Condition next) {
    condition = next;
    notifyAll();
    if (next == Condition.CUT) {
      closeDoor();
      ends.forEach(TcpProxy::reset);
      ends.clear();
    } else if (door == null) {
      open();
    }
  }

  private synchronized void open() {
    try {
      var opened = new ServerSocket(port, BACKLOG, InetAddress.ofLiteral(FreePorts.HOST));
      door = opened;
      doorman = Thread.ofVirtual().name("cable-" + port).start(() -> accept(opened));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void closeDoor() {
    try {
      if (door != null) {
        door.close();
        doorman.join(); // until it has left, the port is taken
      }
      door = null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        var client = from.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        // closed: the cable was cut
      }
    }
  }

  private void connect(Socket client) {
    var server = new Socket();
    try {
      if (!hold(client) || !awaitPassage(false) || !hold(server)) {
        reset(client);
        return;
      }
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(FreePorts.address(target), 2_000);
      var back = Thread.ofVirtual().start(() -> pump(server, client, true));
      pump(client, server, false);
      back.join();
    } catch (IOException e) {
      // nobody listens there: the client finds out
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      release(client);
      release(server);
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    var buffer = new byte[16_384];
    try {
      var in = from.getInputStream();
      var out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (!awaitPassage(answers)) {
          return;
        }
        out.write(buffer, 0, read);
      }
      if (awaitPassage(answers)) {
        to.shutdownOutput();
      }
    } catch (IOException e) {
      // One side broke off, or the cable was cut; the other has to hear of it, once it can.
      if (awaitPassage(answers)) {
        reset(from);
        reset(to);
      }
    }
  }

  /** False where the cable was cut. */
  private synchronized boolean awaitPassage(boolean answers) {
    try {
      while (condition == Condition.SILENT || (answers && condition == Condition.ANSWERS_HELD)) {
        wait();
      }
      return condition != Condition.CUT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private synchronized boolean hold(Socket end) {
    return condition != Condition.CUT && ends.add(end);
  }

  private void release(Socket end) {
    synchronized (this) {
      ends.remove(end);
    }
    try {
      end.close();
    } catch (IOException e) {
      // gone either way
    }
  }

  /** With a linger of zero the other side hears RST instead of an orderly end. */
  private static void reset(Socket end) {
    try {
      end.setSoLinger(true, 0);
      end.close();
    } catch (IOException e) {
      // gone either way
    }
  }
}
