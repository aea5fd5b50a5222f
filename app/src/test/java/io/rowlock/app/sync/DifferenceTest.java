package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.sync.SyncTables.AccountRow;
import io.rowlock.app.sync.remote.RemoteAccount;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What has to be written so that what is stored is what was found. */
class DifferenceTest {
    private static AccountRow row(String name, String login, boolean active) {
        return new AccountRow(
                UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                new UUID(0, 1),
                name,
                "role",
                "{\"login\":\"" + login + "\"}",
                active,
                active ? null : Instant.EPOCH,
                1,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    @Test
    void whatIsNewChangedBackAndGoneIsToldApart() {
        List<AccountRow> stored = List.of(
                row("same", "true", true),
                row("changed", "true", true),
                row("gone", "true", true),
                row("gone before", "true", false),
                row("back", "true", false));

        Difference difference = Difference.between(stored, Park.accounts("same", "changed=false", "back", "new"));

        assertThat(difference.toInsert()).extracting(RemoteAccount::name).containsExactly("new");
        assertThat(difference.toUpdate().values())
                .extracting(RemoteAccount::name)
                .containsExactlyInAnyOrder("changed", "back");
        assertThat(difference.toMarkDeleted())
                .containsExactly(row("gone", "", true).id());
        assertThat(difference.size()).isEqualTo(new Difference.Size(4, 2, 1, 1));
    }

    @Test
    void nothingIsToBeDoneASecondTime() {
        Difference nothing = Difference.between(List.of(row("a", "true", true)), Park.accounts("a"));

        assertThat(nothing.toInsert()).isEmpty();
        assertThat(nothing.toUpdate()).isEmpty();
        assertThat(nothing.toMarkDeleted()).isEmpty();
        assertThat(nothing.size()).isEqualTo(new Difference.Size(1, 0, 0, 0));
    }

    @Test
    void ofOneNameThatComesTwiceTheLastCounts() {
        Difference difference = Difference.between(List.of(), Park.accounts("a=true", "a=false"));

        assertThat(difference.toInsert())
                .singleElement()
                .satisfies(account -> assertThat(account.attributes()).containsEntry("login", "false"));
        assertThat(difference.size()).isEqualTo(new Difference.Size(1, 1, 0, 0));
    }

    /** Names as the database compares them: by their characters, small and large apart. */
    @Test
    void namesThatDifferInCaseAreTwo() {
        assertThat(Difference.between(List.of(row("a", "true", true)), Park.accounts("A"))
                        .size())
                .isEqualTo(new Difference.Size(1, 1, 0, 1));
    }
}
