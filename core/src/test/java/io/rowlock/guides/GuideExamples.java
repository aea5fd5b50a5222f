package io.rowlock.guides;

import io.rowlock.Key;
import io.rowlock.LockMode;
import io.rowlock.Locked;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Rows;
import io.rowlock.SerialWork;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemResult;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.ParkedItem;
import io.rowlock.claim.WorkOptions;
import io.rowlock.claim.WorkQueue;
import io.rowlock.claim.WorkReport;
import io.rowlock.dialect.Isolation;
import io.rowlock.lease.Acquired;
import io.rowlock.lease.Fence;
import io.rowlock.lease.ForcedRelease;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.LossReason;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** The guides' Java, as it stands there, so that it compiles; {@link GuidesTest} compares the two and runs it. */
final class GuideExamples {
    record Account(long id, String owner, long balance, long version) {
        Account plus(long amount) {
            return new Account(id, owner, balance + amount, version);
        }
    }

    static final Table<Account, Long> ACCOUNTS = Table.of("accounts", Account.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .build();

    record Round(long id, int total, int sold, long version) {
        Round selling(int shares) {
            return new Round(id, total, sold + shares, version);
        }
    }

    static final Table<Round, Long> ROUNDS =
            Table.of("rounds", Round.class).key("id", Long.class).build();

    record Doctor(String name, boolean onCall, long version) {
        Doctor goingHome() {
            return new Doctor(name, false, version);
        }
    }

    static final Table<Doctor, String> DOCTORS =
            Table.of("doctors", Doctor.class).key("name", String.class).build();

    record Seat(int number, String guest, long version) {
        Seat takenBy(String name) {
            return new Seat(number, name, version);
        }
    }

    static final Table<Seat, Integer> SEATS =
            Table.of("seats", Seat.class).key("number", Integer.class).build();

    record Device(String id, String owner, long version) {}

    static final Table<Device, String> DEVICES = Table.of("devices", Device.class)
            .key("id", String.class)
            .tombstones()
            .build();

    private final Rowlock rowlock;

    GuideExamples(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    // ---- change-a-row.md

    boolean deduct(long account, long amount) {
        return rowlock.transact(tx -> {
            Row<Account> row = tx.read(ACCOUNTS, account).orElseThrow();
            if (row.value().balance() < amount) {
                return false;
            }
            tx.update(row, a -> a.plus(-amount));
            return true;
        });
    }

    String saveFromForm(Account edited, long versionInForm) {
        Update<Account> saved = rowlock.save(ACCOUNTS, edited, versionInForm);
        return saved.fold(
                applied -> "200, ETag " + applied.version().etag(),
                conflict -> "409, it is now " + conflict.current().balance() + ", ETag "
                        + conflict.actual().etag(),
                missing -> "404");
    }

    long addBonus(long account, long bonus) {
        Update<Account> updated = rowlock.update(ACCOUNTS, account, a -> a.plus(bonus));
        return updated.orElseThrow(
                        (current, version) -> new IllegalStateException("too much traffic on " + account),
                        () -> new IllegalArgumentException("no account " + account))
                .row()
                .balance();
    }

    Update<Account> saveMerging(Account edited, Version seen) {
        return rowlock.save(
                ACCOUNTS,
                edited,
                seen,
                (current, mine) -> new Account(mine.id(), mine.owner(), current.balance(), current.version()));
    }

    // ---- several-rows.md

    boolean goHome(String doctor, String colleague) {
        return rowlock.transact(tx -> {
            Row<Doctor> me = tx.read(DOCTORS, doctor).orElseThrow();
            Row<Doctor> other = tx.read(DOCTORS, colleague).orElseThrow();
            if (!other.value().onCall()) {
                return false;
            }
            tx.update(me, Doctor::goingHome);
            return true;
        });
    }

    boolean transfer(long from, long to, long amount) {
        return rowlock.transact(tx -> {
            Map<Long, Row<Account>> both = tx.lockAll(ACCOUNTS, List.of(from, to));
            Row<Account> source = both.get(from);
            Row<Account> target = both.get(to);
            if (source == null || target == null || source.value().balance() < amount) {
                return false;
            }
            tx.update(source, a -> a.plus(-amount));
            tx.update(target, a -> a.plus(amount));
            return true;
        });
    }

    long total(List<Long> accounts) {
        Unit oneMoment = Unit.named("total").withIsolation(Isolation.REPEATABLE_READ);
        return rowlock.read(
                oneMoment,
                tx -> tx.peekAll(ACCOUNTS, accounts).values().stream()
                        .map(View::value)
                        .mapToLong(Account::balance)
                        .sum());
    }

    // ---- limited-stock.md

    boolean buy(long round, long account, int shares, long price) {
        return rowlock.transact(tx -> {
            Row<Round> onSale = tx.lock(ROUNDS, round).orElseThrow();
            Row<Account> buyer = tx.read(ACCOUNTS, account).orElseThrow();
            boolean left = onSale.value().sold() + shares <= onSale.value().total();
            if (!left || buyer.value().balance() < shares * price) {
                return false;
            }
            tx.update(onSale, r -> r.selling(shares));
            tx.update(buyer, a -> a.plus(-shares * price));
            return true;
        });
    }

    Optional<Integer> takeAnySeat(List<Integer> free, String guest) {
        return rowlock.transact(tx -> {
            for (int number : free) {
                Locked<Seat> seat = tx.lock(SEATS, number, LockMode.SKIP_LOCKED);
                Optional<Row<Seat>> mine =
                        seat.held().filter(row -> row.value().guest().isEmpty());
                if (mine.isPresent()) {
                    tx.update(mine.get(), s -> s.takenBy(guest));
                    return Optional.of(number);
                }
            }
            return Optional.empty();
        });
    }

    // ---- what-is-not-there.md

    boolean addDevice(String owner, String device) {
        return rowlock.transact(tx -> {
            tx.guard(Key.of("devices-of", owner));
            int has = 0;
            try (PreparedStatement count =
                    tx.connection().prepareStatement("SELECT COUNT(*) FROM devices WHERE owner = ?")) {
                count.setString(1, owner);
                try (ResultSet row = count.executeQuery()) {
                    has = row.next() ? row.getInt(1) : 0;
                }
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
            if (has >= 3) {
                return false;
            }
            tx.insert(DEVICES, new Device(device, owner, 0));
            return true;
        });
    }

    boolean register(String device, String owner) {
        return rowlock.transact(tx -> {
            if (tx.read(DEVICES, device).isPresent()) {
                return false;
            }
            tx.insert(DEVICES, new Device(device, owner, 0));
            return true;
        });
    }

    Version replace(String device, String newOwner) {
        rowlock.transact(tx -> {
            tx.read(DEVICES, device).ifPresent(tx::delete);
            return null;
        });
        return rowlock.transact(
                tx -> tx.insert(DEVICES, new Device(device, newOwner, 0)).version());
    }

    // ---- your-own-sql.md

    boolean addToAll(String owner, long amount) {
        return rowlock.transact(tx -> {
            Rows changed = tx.execute(
                    "UPDATE accounts SET balance = balance + ?, version = version + 1 WHERE owner = ?", amount, owner);
            return !changed.none();
        });
    }

    long importLines(List<String> lines, Consumer<String> bad) {
        return rowlock.transact(tx -> {
            long imported = 0;
            for (String line : lines) {
                try {
                    tx.savepoint(part -> part.insert(ACCOUNTS, parse(line)));
                    imported++;
                } catch (RuntimeException refused) {
                    bad.accept(line);
                }
            }
            return imported;
        });
    }

    private static Account parse(String line) {
        String[] parts = line.split(",", -1);
        return new Account(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]), 0);
    }

    // ---- around-the-commit.md

    void payOut(long account, long amount, Consumer<String> mail) {
        rowlock.transact(tx -> {
            Row<Account> row = tx.read(ACCOUNTS, account).orElseThrow();
            tx.update(row, a -> a.plus(-amount));
            tx.afterCommit(
                    () -> mail.accept("paid " + amount + " to " + row.value().owner()));
            return null;
        });
    }

    String fetchOnce(String user, Map<String, String> known, Consumer<String> slowRemoteCall) {
        return rowlock.serial(Key.of("profile", user), Duration.ofSeconds(5), () -> {
            if (!known.containsKey(user)) {
                slowRemoteCall.accept(user);
                known.put(user, "profile of " + user);
            }
            return known.get(user);
        });
    }

    <R> R withBoth(Key one, Key other, SerialWork<R, RuntimeException> work) {
        boolean inOrder = one.compareTo(other) <= 0;
        Key first = inOrder ? one : other;
        Key second = inOrder ? other : one;
        return rowlock.serial(first, Duration.ofSeconds(5), () -> rowlock.serial(second, Duration.ofSeconds(5), work));
    }

    static long balance(Connection connection, long id) throws SQLException {
        try (PreparedStatement read = connection.prepareStatement("SELECT balance FROM accounts WHERE id = ?")) {
            read.setLong(1, id);
            try (ResultSet row = read.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    // ---- once.md

    record Paid(long left, boolean done) {
        static final Codec<Paid> CODEC = Codec.text()
                .as(
                        paid -> (paid.done() ? "+" : "-") + paid.left(),
                        text -> new Paid(Long.parseLong(text.substring(1)), text.startsWith("+")));
    }

    String pay(String user, String idempotencyKey, long account, long amount) {
        Once<Paid> once = rowlock.once(
                Unit.named("pay"),
                Key.of("pay", user, idempotencyKey),
                Fingerprint.of(account, amount),
                Paid.CODEC,
                tx -> {
                    Row<Account> row = tx.read(ACCOUNTS, account).orElseThrow();
                    long left = row.value().balance() - amount;
                    if (left < 0) {
                        return new Paid(row.value().balance(), false);
                    }
                    tx.update(row, a -> a.plus(-amount));
                    return new Paid(left, true);
                });
        return once.fold(
                first -> "200, left " + first.answer().left(),
                repeat -> "200 again, left " + repeat.answer().left(),
                mismatch -> "422, this key was used for another payment");
    }

    int reapAnswers() {
        int all = 0;
        int reaped;
        do {
            reaped = rowlock.reapOnce(1000);
            all += reaped;
        } while (reaped == 1000);
        return all;
    }

    // ---- batch.md

    record Credit(String id, long account, long amount) {}

    static final Batch<Credit, Long> CREDITS = Batch.of("book-credits", ACCOUNTS, Credit::account, (tx, credit) -> {
        Optional<Row<Account>> account = tx.read(ACCOUNTS, credit.account());
        if (account.isEmpty()) {
            return ItemResult.refused("no such account");
        }
        Row<Account> booked = tx.update(account.get(), a -> a.plus(credit.amount()));
        return ItemResult.applied(booked.value().balance());
    });

    List<String> book(String file, List<Credit> credits) {
        BatchReport<Long> report = rowlock.batch(CREDITS.resumable(file, Credit::id, Codec.number()), credits);
        List<String> lines = new ArrayList<>();
        for (ItemResult<Long> result : report.results()) {
            lines.add(result.fold(
                    applied -> "balance " + applied.result(),
                    refused -> refused.reason(),
                    failed -> "try again: " + failed.failure().getMessage()));
        }
        return lines;
    }

    // ---- claims.md

    enum MailStatus {
        NEW,
        SENT
    }

    record Mail(long id, String recipient, Instant sendAt, MailStatus status, long version) {
        Mail sent() {
            return new Mail(id, recipient, sendAt, MailStatus.SENT, version);
        }
    }

    static final Table<Mail, Long> MAILS =
            Table.of("mails", Mail.class).key("id", Long.class).build();

    static final WorkQueue<Mail, Long> TO_SEND = WorkQueue.of("send-mail", MAILS)
            .dueAt("sendAt")
            .ready("status", MailStatus.NEW)
            .withClaimLength(Duration.ofMinutes(1))
            .withAttemptsMax(5);

    WorkReport sendWhatIsDue(Consumer<Claim<Mail, Long>> post) {
        Claims<Mail, Long> claims = rowlock.claims(TO_SEND);
        return claims.work(WorkOptions.defaults().withParallel(4), claim -> {
            post.accept(claim);
            return tx -> tx.update(tx.read(MAILS, claim.key()).orElseThrow(), Mail::sent);
        });
    }

    List<String> notSent() {
        List<String> lines = new ArrayList<>();
        for (ParkedItem<Mail, Long> parked : rowlock.claims(TO_SEND).parked(100)) {
            lines.add(parked.item().recipient() + ": " + parked.reason());
        }
        return lines;
    }

    boolean tryAgain(long mail) {
        Claims<Mail, Long> claims = rowlock.claims(TO_SEND);
        return rowlock.<Boolean, RuntimeException>transact(tx -> claims.unpark(tx, mail));
    }

    int sendTen(Consumer<Claim<Mail, Long>> post) {
        Claims<Mail, Long> claims = rowlock.claims(TO_SEND);
        int sent = 0;
        for (Claim<Mail, Long> claim : claims.take(10)) {
            post.accept(claim);
            rowlock.transact(tx -> {
                claims.complete(tx, claim, Mail::sent);
                return true;
            });
            sent++;
        }
        return sent;
    }

    // ---- leases.md

    long bookFee(long account, UnaryOperator<Long> slowService) {
        Key key = Key.of("fees", account);
        return rowlock.leases().hold(key, LeaseOptions.defaults(), Duration.ofSeconds(5), lease -> {
            long fee = slowService.apply(account);
            return rowlock.transact(tx -> {
                tx.fence(lease);
                Row<Account> row = tx.read(ACCOUNTS, account).orElseThrow();
                return tx.update(row, a -> a.plus(-fee)).value().balance();
            });
        });
    }

    record Stock(String sku, int pieces, long version) {}

    static final Table<Stock, String> STOCKS = Table.of("stocks", Stock.class)
            .key("sku", String.class)
            .fenceColumn("lease_token")
            .build();

    int take(Lease lease, String sku, int pieces) {
        return rowlock.transact(tx -> {
            tx.fence(lease, Fence.STAMP_ROWS);
            Row<Stock> stock = tx.read(STOCKS, sku).orElseThrow();
            return tx.update(stock, s -> new Stock(s.sku(), s.pieces() - pieces, s.version()))
                    .value()
                    .pieces();
        });
    }

    String nightly(Runnable work) {
        Acquired acquired = rowlock.leases().tryAcquire(Key.of("nightly"), LeaseOptions.defaults());
        return acquired.fold(
                granted -> {
                    try (Lease lease = granted.lease()) {
                        work.run();
                        return "done, token " + lease.token();
                    }
                },
                held -> "not now, " + held.holder().owner() + " is at it");
    }

    int workOff(Lease lease, List<Runnable> parts, Consumer<LossReason> warned) {
        lease.onLoss(warned);
        int done = 0;
        for (Runnable part : parts) {
            lease.requireHeld();
            part.run();
            done++;
        }
        return done;
    }

    List<String> heldFor(Duration longerThan, Instant now) {
        return rowlock.leases().holders().stream()
                .filter(holder -> Duration.between(holder.grantedAt(), now).compareTo(longerThan) > 0)
                .map(holder -> holder.key() + "#" + holder.token() + " " + holder.owner() + " at " + holder.callSite())
                .toList();
    }

    boolean takeAway(Key key, long token, String reason) {
        return rowlock.leases().forceRelease(key, token, reason) instanceof ForcedRelease.Forced;
    }
}
