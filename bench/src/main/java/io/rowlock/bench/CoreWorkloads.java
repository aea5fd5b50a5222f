package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import java.util.ArrayList;
import java.util.List;

/** What {@code bench core} measures on an engine. Every operation adds 1 to the balance of a row of its thread's own. */
final class CoreWorkloads implements AutoCloseable {
    static final String READ_MODIFY_WRITE = "read-modify-write";
    static final String READ_TWO_WRITE_ONE = "read-two-write-one";
    static final String SAVE = "save";

    /** All names that {@code --only} takes. */
    static final List<String> NAMES = List.of(
            READ_MODIFY_WRITE,
            READ_TWO_WRITE_ONE,
            SAVE,
            "hand-autocommit",
            "transact",
            "update",
            "hibernate",
            "jdbi",
            "jooq");

    private final Rig rig;
    private final ByPeers peers;

    CoreWorkloads(Rig rig) {
        this.rig = rig;
        this.peers = new ByPeers(rig);
    }

    /**
     * The workloads.
     *
     * @param withPeers whether other libraries are measured as well
     * @param only names of workloads or candidates; empty for all. References are always measured
     */
    List<Workload> workloads(boolean withPeers, List<String> only) {
        return all(withPeers).stream()
                .flatMap(workload -> workload.only(only).stream())
                .toList();
    }

    private List<Workload> all(boolean withPeers) {
        ByHand hand = new ByHand(rig);
        ByRowlock rowlock = new ByRowlock(rig);
        boolean sqlite = rig.engine() == Engine.SQLITE;
        String whole = sqlite ? "BEGIN IMMEDIATE; SELECT; UPDATE; COMMIT" : "SELECT; UPDATE; COMMIT";
        List<Candidate> readModifyWrite = new ArrayList<>(List.of(
                new Candidate("hand", "by hand: " + whole, hand::readModifyWrite),
                new Candidate(
                        "hand-autocommit", "by hand, autocommit: SELECT; UPDATE", hand::readModifyWriteInAutocommit),
                new Candidate("transact", "rowlock.transact(read, update)", rowlock::transact),
                new Candidate("update", "rowlock.update", rowlock::update)));
        if (withPeers) {
            if (!sqlite) {
                readModifyWrite.add(new Candidate("hibernate", "Hibernate @Version", peers::hibernate));
            }
            readModifyWrite.add(new Candidate("jdbi", "Jdbi", peers::jdbi));
            readModifyWrite.add(new Candidate("jooq", "jOOQ", peers::jooq));
        }
        String locking = sqlite
                ? "BEGIN IMMEDIATE; SELECT; SELECT; UPDATE; COMMIT"
                : rig.engine() == Engine.POSTGRESQL
                        ? "SELECT; SELECT .. FOR SHARE; UPDATE; COMMIT"
                        : "SELECT; SELECT .. IN SHARE MODE; UPDATE; COMMIT";
        return List.of(
                new Workload(
                        READ_MODIFY_WRITE,
                        "read a row, write it if it has not moved",
                        readModifyWrite,
                        rig::operations),
                new Workload(
                        READ_TWO_WRITE_ONE,
                        "read two rows, write one if neither has moved",
                        List.of(
                                new Candidate("hand", "by hand: " + locking, hand::readTwoWriteOne),
                                new Candidate(
                                        "transact", "rowlock.transact(read, read, update)", rowlock::readTwoWriteOne)),
                        rig::operations),
                new Workload(
                        SAVE,
                        "write a row whose version is known",
                        List.of(
                                new Candidate("hand", "by hand, autocommit: UPDATE", hand::save),
                                new Candidate("save", "rowlock.save", rowlock::save)),
                        rig::operations));
    }

    @Override
    public void close() {
        peers.close();
    }
}
