package io.rowlock.bench;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.rowlock.dialect.Engine;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record3;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The same through other libraries, each on the pool that its manual asks for. */
final class ByPeers implements AutoCloseable {
    private static final String SELECT = "SELECT id, balance, version FROM account WHERE id = :id";
    private static final String UPDATE =
            "UPDATE account SET balance = :balance, version = version + 1 WHERE id = :id AND version = :version";
    private static final org.jooq.Table<?> ACCOUNT = table(name("account"));
    private static final Field<Long> ID = field(name("id"), Long.class);
    private static final Field<Long> BALANCE = field(name("balance"), Long.class);
    private static final Field<Long> VERSION = field(name("version"), Long.class);

    /** Kept, because loggers that nobody keeps forget their level. */
    private static final Logger HIBERNATE_LOG = Logger.getLogger("org.hibernate");

    private final Rig rig;
    private @Nullable SessionFactory sessions;

    ByPeers(Rig rig) {
        this.rig = rig;
    }

    /** The row as Hibernate wants it. */
    @Entity(name = "Account")
    @Table(name = "account")
    @SuppressWarnings("UnusedVariable") // Hibernate reads them
    static class AccountEntity {
        @Id
        private long id;

        private long balance;

        @Version
        private long version;

        void plusOne() {
            balance++;
        }
    }

    /** {@code @Version}, on a pool with autoCommit=false of which Hibernate is told. */
    Op hibernate(int thread) {
        Long id = Rig.written(thread);
        SessionFactory factory = sessions();
        return () -> factory.inTransaction(session ->
                Objects.requireNonNull(session.find(AccountEntity.class, id)).plusOne());
    }

    private synchronized SessionFactory sessions() {
        SessionFactory known = sessions;
        if (known == null) {
            HIBERNATE_LOG.setLevel(Level.SEVERE);
            known = new MetadataSources(new StandardServiceRegistryBuilder()
                            .applySetting(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, rig.manual())
                            .applySetting(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, true)
                            .build())
                    .addAnnotatedClass(AccountEntity.class)
                    .buildMetadata()
                    .buildSessionFactory();
            sessions = known;
        }
        return known;
    }

    /**
     * {@code inTransaction}, on an autocommit pool. On a pool with autoCommit=false it takes every connection for one that is
     * in a transaction already, and commits nothing.
     */
    Op jdbi(int thread) {
        long id = Rig.written(thread);
        Jdbi jdbi = Jdbi.create(rig.engine() == Engine.SQLITE ? rig.immediate() : rig.automatic());
        return () -> jdbi.useTransaction(handle -> {
            Account account = handle.createQuery(SELECT)
                    .bind("id", id)
                    .map((row, context) -> new Account(row.getLong(1), row.getLong(2), row.getLong(3)))
                    .one();
            int changed = handle.createUpdate(UPDATE)
                    .bind("balance", account.balance() + 1)
                    .bind("id", id)
                    .bind("version", account.version())
                    .execute();
            require(changed);
        });
    }

    /** {@code transaction}, with the default transaction provider on an autocommit pool. */
    Op jooq(int thread) {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        long id = Rig.written(thread);
        DSLContext jooq = switch (rig.engine()) {
            case POSTGRESQL -> DSL.using(rig.automatic(), SQLDialect.POSTGRES);
            case SQLITE -> DSL.using(rig.immediate(), SQLDialect.SQLITE);
            default -> DSL.using(rig.automatic(), SQLDialect.MARIADB);
        };
        return () -> jooq.transaction(configuration -> {
            DSLContext tx = configuration.dsl();
            Record3<Long, Long, Long> account = Objects.requireNonNull(tx.select(ID, BALANCE, VERSION)
                    .from(ACCOUNT)
                    .where(ID.eq(id))
                    .fetchOne());
            int changed = tx.update(ACCOUNT)
                    .set(BALANCE, account.value2() + 1)
                    .set(VERSION, VERSION.plus(1))
                    .where(ID.eq(id).and(VERSION.eq(account.value3())))
                    .execute();
            require(changed);
        });
    }

    private static void require(int changed) {
        if (changed != 1) {
            throw new IllegalStateException("Somebody else wrote this thread's row");
        }
    }

    @Override
    public void close() {
        SessionFactory known = sessions;
        if (known != null) {
            known.close();
        }
    }
}
