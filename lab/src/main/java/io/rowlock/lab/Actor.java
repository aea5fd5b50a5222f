package io.rowlock.lab;

import java.util.concurrent.Callable;

/**
 * Somebody who does something in a scenario: ordinary code, such as a call of a service.
 *
 * @param letter what it is called in schedules
 * @param work what it does; run anew, on a thread of its own, for each schedule
 * @param mayCrash whether each of its steps may be its last
 */
record Actor(char letter, Callable<?> work, boolean mayCrash) {}
