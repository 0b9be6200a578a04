package dev.darkroom.testservers;

class EmbeddedServersIT extends ServerSourceContract {
  @Override
  ServerSource source() {
    return new EmbeddedServers();
  }
}
