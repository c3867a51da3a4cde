package dev.offload.provider.modal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// Stand between the SDK and a server, and let connections fall silent without closing them, as a
/// network does that loses every packet.
final class Relay implements AutoCloseable {
  private final ServerSocket server;
  private final InetSocketAddress target;
  private final List<Connection> connections = new ArrayList<>();

  /// @param url the server's address
  Relay(String url) throws IOException {
    URI address = URI.create(url);
    target = new InetSocketAddress(address.getHost(), address.getPort());
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("relay").start(this::accept);
  }

  /// Return the address to use instead of the server's.
  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /// Pass nothing on any more on the connections there are. Later ones work.
  ///
  /// @return how many have fallen silent
  synchronized int silence() {
    connections.forEach(connection -> connection.silent = true);
    return connections.size();
  }

  private void accept() {
    while (true) {
      try {
        Connection connection = new Connection(server.accept(), new Socket());
        connection.far.connect(target);
        synchronized (this) {
          connections.add(connection);
        }
        connection.start();
      } catch (IOException _) {
        return; // It was closed.
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    List<Connection> open;
    synchronized (this) {
      open = List.copyOf(connections);
    }
    for (Connection connection : open) {
      connection.near.close();
      connection.far.close();
    }
  }

  private static final class Connection {
    private final Socket near;
    private final Socket far;
    private volatile boolean silent;

    Connection(Socket near, Socket far) {
      this.near = near;
      this.far = far;
    }

    void start() {
      Thread.ofPlatform().daemon().start(() -> pass(near, far));
      Thread.ofPlatform().daemon().start(() -> pass(far, near));
    }

    private void pass(Socket from, Socket to) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[16_384];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          if (!silent) {
            out.write(buffer, 0, count);
          }
        }
        if (!silent) {
          to.shutdownOutput();
        }
      } catch (IOException _) {
        // One side is gone; the other notices by itself.
      }
    }
  }
}
