/** Scenarios, their exploration, and what was found. */
package io.rowlock.lab;
