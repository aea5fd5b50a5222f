package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.app.http.Malformed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {

    @ParameterizedTest
    @CsvSource({
        "150.00, 15000, 150.00",
        "150, 15000, 150.00",
        "150.5, 15050, 150.50",
        "0.07, 7, 0.07",
        "0, 0, 0.00",
        "-0.05, -5, -0.05",
        "-12.30, -1230, -12.30",
        "007.00, 700, 7.00",
        "9999999999999.99, 999999999999999, 9999999999999.99"
    })
    void isReadAndWrittenWithTwoDecimals(String text, long cents, String written) {
        assertThat(Money.parse(text)).isEqualTo(Money.ofCents(cents));
        assertThat(Money.parse(text)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1.",
                ".5",
                "1.234",
                "1e2",
                "1E2",
                "1,00",
                "1 000",
                "+1.00",
                "--1",
                "0x10",
                "NaN",
                "Infinity",
                "1.0.0",
                "10000000000000.00",
                "１.00",
                "1.00 ",
                "1.00\n",
                "99999999999999999999999999"
            })
    void isNotGuessedAt(String text) {
        assertThatThrownBy(() -> Money.parse(text)).isInstanceOf(Malformed.class);
    }

    @Test
    void overflowsLoudly() {
        assertThatThrownBy(() -> Money.ofCents(Long.MAX_VALUE).plus(Money.ofCents(1)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.ofCents(Long.MIN_VALUE).negated()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Money.ofCents(Long.MAX_VALUE).times(2)).isInstanceOf(ArithmeticException.class);
    }
}
