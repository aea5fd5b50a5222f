package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** What the options may be; nothing is started here. */
class LotteryLoadCommandTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --clients 0                                        | --clients is a number from 1 to 1000, not 0
                    --clients 1001                                     | --clients is a number from 1 to 1000, not 1001
                    --clients many                                     | Invalid value for option '--clients': 'many' is not an int
                    --ops 0                                            | --ops is a number from 1 to 100000000, not 0
                    --servers 0                                        | --servers is a number from 1 to 8, not 0
                    --servers 9                                        | --servers is a number from 1 to 8, not 9
                    --engine oracle                                    | --engine is sqlite, postgres or mariadb, not 'oracle'
                    --rate 0                                           | Invalid value for option '--rate': '0' is no rate such as 200/s
                    --rate 5/m                                         | Invalid value for option '--rate': '5/m' is no rate such as 200/s
                    --kill-every 3                                     | Invalid value for option '--kill-every': '3' is no time such as 3s, 500ms or 2m
                    --kill-every 0s                                    | Invalid value for option '--kill-every': '0s' is no time such as 3s, 500ms or 2m
                    --db-url jdbc:sqlite:x                             | --db-url goes with --url
                    --url http://h:1 --db-user me                      | --db-user goes with --db-url
                    --url ftp://h                                      | --url is such as http://127.0.0.1:8080, not 'ftp://h'
                    --url 127.0.0.1:8080                               | --url is such as http://127.0.0.1:8080, not '127.0.0.1:8080'
                    --url http://h:1 --engine postgres                 | --engine starts a service and --url names one that runs: give one of them
                    --url http://h:1 --servers 2                       | --servers starts a service and --url names one that runs: give one of them
                    --url http://h:1 --kill-every 3s                   | --kill-every kills what this command has started, and --url names what it has not
                    --url http://h:1 --keep                            | --keep keeps what this command has made, and --url names what it has not
                    --url http://h:1 --db-url jdbc:oracle:x            | --db-url begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite: and names a database
                    --url http://h:1 --db-url jdbc:mariadb://a:b@h/d   | --db-url holds a password: leave it out and set ROWLOCK_DB_PASSWORD or --db-password-file
                    """)
    void whatIsNotUnderstoodIsToldInOneLine(String args, String says) {
        StringWriter said = new StringWriter();
        int exitCode = new CommandLine(new LotteryLoadCommand())
                .setParameterExceptionHandler((misunderstood, given) -> {
                    said.write(String.valueOf(misunderstood.getMessage()));
                    return 2;
                })
                .execute(args.split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(said.toString()).isEqualTo(says);
    }

    @Test
    void theHelpNamesEveryOptionAndEveryExitCode() {
        StringWriter said = new StringWriter();
        int exitCode = new CommandLine(new LotteryLoadCommand())
                .setOut(new PrintWriter(said))
                .execute("--help");

        assertThat(exitCode).isZero();
        assertThat(said.toString())
                .contains("--clients", "--ops", "--rate", "--engine", "--servers", "--kill-every", "--keep", "--url")
                .contains("--db-url", "--db-user", "--db-password-file", "--no-audit", "--seed", "--json")
                .containsPattern("(?s)Exit codes:.*0 .*1 .*2 .*3 .*4 ");
    }

    @ParameterizedTest
    @CsvSource({"500ms,500", "3s,3000", "2m,120000"})
    void aTimeShowsItsUnit(String text, long millis) {
        assertThat(new Quantities.Time().convert(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "3", "-3s", "3h", "1234567s"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> new Quantities.Time().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @CsvSource({"200/s,200", "200,200", "0.5/s,0.5"})
    void aRateIsPerSecond(String text, double rate) {
        assertThat(new Quantities.Rate().convert(text)).isEqualTo(rate);
    }
}
