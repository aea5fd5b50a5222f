package io.rowlock.watch.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionControlTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BEGIN                                         | BEGINS
            begin immediate                               | BEGINS
            ' -- note\n /* x */ BEGIN;'                   | BEGINS
            START TRANSACTION READ ONLY                   | BEGINS
            START SLAVE                                   | NONE
            COMMIT                                        | COMMITS
            commit;                                       | COMMITS
            END TRANSACTION                               | COMMITS
            COMMIT AND CHAIN                              | COMMITS_AND_BEGINS
            COMMIT AND NO CHAIN                           | COMMITS
            ROLLBACK                                      | ROLLS_BACK
            ABORT                                         | ROLLS_BACK
            ROLLBACK AND CHAIN                            | ROLLS_BACK_AND_BEGINS
            ROLLBACK TO SAVEPOINT a                       | ROLLS_BACK_TO_SAVEPOINT
            ROLLBACK WORK TO a                            | ROLLS_BACK_TO_SAVEPOINT
            SAVEPOINT a                                   | SETS_SAVEPOINT
            RELEASE SAVEPOINT a                           | RELEASES_SAVEPOINT
            SET autocommit=0                              | SWITCHES_AUTOCOMMIT_OFF
            SET SESSION autocommit = ON                   | SWITCHES_AUTOCOMMIT_ON
            SET @@autocommit = 0                          | SWITCHES_AUTOCOMMIT_OFF
            SET search_path = a                           | NONE
            SELECT 1                                      | NONE
            selected                                      | NONE
            UPDATE a SET b = 'COMMIT'                     | NONE
            BEGIN; UPDATE a SET b = 1; COMMIT             | COMMITS
            UPDATE a SET b = 'x; COMMIT'; SELECT 1        | NONE
            DO $$ BEGIN COMMIT; END $$                    | NONE
            BEGIN NOT ATOMIC SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; END | BEGINS
            '/*client prepare*/BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; START TRANSACTION;UPDATE a SET b = 1;  COMMIT; END' | COMMITS
            BEGIN NOT ATOMIC SELECT 1; END                | NONE
            ''                                            | NONE
            """)
    void theTextTells(String sql, TransactionControl expected) {
        assertThat(TransactionControl.of(sql)).isEqualTo(expected);
    }
}
