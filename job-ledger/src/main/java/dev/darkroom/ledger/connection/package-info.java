/**
 * Where the database is: {@code DATABASE_URL}, in the forms that PostgreSQL and Supabase give it.
 */
@NullMarked
package dev.darkroom.ledger.connection;

import org.jspecify.annotations.NullMarked;
