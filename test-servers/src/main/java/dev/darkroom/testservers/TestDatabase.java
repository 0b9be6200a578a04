package dev.darkroom.testservers;

/** One database and how to log in to it. */
public record TestDatabase(String jdbcUrl, String username, String password) {}
