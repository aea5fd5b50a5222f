package io.rowlock.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class AlignedRowsTest {

    private static String[] row(String... values) {
        return values;
    }

    @Test
    void numbersStandAtTheRightAndTextAtTheLeft() {
        assertThat(AlignedRows.print(List.of("id", "name"), List.of(row("1", "x"), row("-20", "longer"))))
                .isEqualTo("""
                         id|name\s\s
                        ---+------
                          1|x\s\s\s\s\s
                        -20|longer
                        (2 rows)

                        """);
    }

    @Test
    void aColumnWithoutValuesIsOneOfNumbers() {
        assertThat(AlignedRows.print(List.of("pg_sleep"), List.<String[]>of(row(""))))
                .isEqualTo("""
                        pg_sleep
                        --------
                        \s\s\s\s\s\s\s\s
                        (1 row)

                        """);
        assertThat(AlignedRows.print(List.of("a", "b"), List.of())).isEqualTo("""
                        a|b
                        -+-
                        (0 rows)

                        """);
    }

    @Test
    void whatLooksLikeANumberIsOne() {
        assertThat(AlignedRows.print(List.of("long name"), List.of(row("2008-12-22"), row("1.5E10"))))
                .contains("\n2008-12-22\n    1.5E10\n");
        assertThat(AlignedRows.print(List.of("long name"), List.of(row("1-"), row("E1"))))
                .contains("\n1-       \nE1       \n");
    }

    @Test
    void widthsAreCountedInBytes() {
        assertThat(AlignedRows.print(List.of("n"), List.of(row("ä"), row("ab"))))
                .contains("n \n--\nä\nab\n");
    }
}
