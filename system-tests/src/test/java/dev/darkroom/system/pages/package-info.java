/** What people see of the system: its pages in a real browser, before real processes. */
@NullMarked
package dev.darkroom.system.pages;

import org.jspecify.annotations.NullMarked;
