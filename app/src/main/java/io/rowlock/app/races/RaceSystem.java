package io.rowlock.app.races;

import java.util.List;

/** The races of one system. */
public interface RaceSystem {
    /** What it is called on the command line. */
    String name();

    /** All of them, the forms of one race after the other. */
    List<Race> races();
}
