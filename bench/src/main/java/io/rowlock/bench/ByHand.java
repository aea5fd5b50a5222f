package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What a careful author writes with JDBC alone. */
final class ByHand {
    private static final String SELECT = "SELECT id, balance, version FROM account WHERE id = ?";
    private static final String UPDATE =
            "UPDATE account SET balance = ?, version = version + 1 WHERE id = ? AND version = ?";

    /** Whatever the row has. */
    static final String ADD = "UPDATE account SET balance = balance + 1, version = version + 1 WHERE id = ?";

    private final Rig rig;

    ByHand(Rig rig) {
        this.rig = rig;
    }

    /** Read, change, write if the version has not moved, commit. */
    Op readModifyWrite(int thread) {
        long id = Rig.written(thread);
        if (rig.engine() == Engine.SQLITE) {
            return () -> immediately(connection -> update(connection, read(connection, SELECT, id)));
        }
        DataSource pool = rig.manual();
        return () -> {
            try (Connection connection = pool.getConnection()) {
                update(connection, read(connection, SELECT, id));
                connection.commit();
            }
        };
    }

    /** The same in two transactions of one statement each; the version carries the decision from one to the other. */
    Op readModifyWriteInAutocommit(int thread) {
        long id = Rig.written(thread);
        DataSource pool = rig.automatic();
        return () -> {
            try (Connection connection = pool.getConnection()) {
                update(connection, read(connection, SELECT, id));
            }
        };
    }

    /** Read two rows, keep the one as it is by a shared lock, change the other, commit. */
    Op readTwoWriteOne(int thread) {
        long id = Rig.written(thread);
        long other = Rig.readOnly(thread);
        if (rig.engine() == Engine.SQLITE) {
            return () -> immediately(connection -> {
                Account fixed = read(connection, SELECT, other);
                Account account = read(connection, SELECT, id);
                update(connection, account.balance() >= fixed.balance() ? account : fixed);
            });
        }
        String locking = SELECT + (rig.engine() == Engine.POSTGRESQL ? " FOR SHARE" : " LOCK IN SHARE MODE");
        DataSource pool = rig.manual();
        return () -> {
            try (Connection connection = pool.getConnection()) {
                Account account = read(connection, SELECT, id);
                Account fixed = read(connection, locking, other);
                update(connection, account.balance() >= fixed.balance() ? account : fixed);
                connection.commit();
            }
        };
    }

    /** One statement in autocommit: the version is known from the write before. */
    Op save(int thread) {
        long id = Rig.written(thread);
        DataSource pool = rig.automatic();
        return new Op() {
            private Account seen = new Account(id, 0, 1);

            @Override
            public void prepare() throws SQLException {
                try (Connection connection = pool.getConnection()) {
                    seen = read(connection, SELECT, id);
                }
            }

            @Override
            public void run() throws SQLException {
                try (Connection connection = pool.getConnection()) {
                    update(connection, seen);
                }
                seen = new Account(id, seen.balance() + 1, seen.version() + 1);
            }
        };
    }

    /** One statement in autocommit that needs to know nothing. */
    Op add(int thread) {
        long id = Rig.written(thread);
        return () -> add(id);
    }

    void add(long id) throws SQLException {
        try (Connection connection = rig.automatic().getConnection();
                PreparedStatement update = connection.prepareStatement(ADD)) {
            update.setLong(1, id);
            requireOne(update.executeUpdate(), id);
        }
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    private interface Body {
        void run(Connection connection) throws SQLException;
    }

    /** A SQLite transaction that takes the write lock before it reads, on a connection that stays in autocommit mode. */
    private void immediately(Body body) throws SQLException {
        try (Connection connection = rig.automatic().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            boolean committed = false;
            try {
                body.run(connection);
                statement.execute("COMMIT");
                committed = true;
            } finally {
                if (!committed) {
                    statement.execute("ROLLBACK");
                }
            }
        }
    }

    static Account read(Connection connection, long id) throws SQLException {
        return read(connection, SELECT, id);
    }

    static Account read(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new IllegalStateException("No such row (id=" + id + ")");
                }
                return new Account(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    private static void update(Connection connection, Account old) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setLong(1, old.balance() + 1);
            update.setLong(2, old.id());
            update.setLong(3, old.version());
            requireOne(update.executeUpdate(), old.id());
        }
    }

    static void requireOne(int changed, long id) {
        if (changed != 1) {
            throw new IllegalStateException("Somebody else wrote this thread's row (id=" + id + ")");
        }
    }
}
