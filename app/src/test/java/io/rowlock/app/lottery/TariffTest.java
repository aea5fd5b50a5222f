package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shares cost. */
class TariffTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
            PLAIN, 2.50,    1,   2.50
            PLAIN, 0.01,  100,   1.00
            BULK,  2.50,    1,   2.50
            BULK,  2.50,    4,  10.00
            BULK,  2.50,    5,  11.88
            BULK,  0.01,    5,   0.05
            BULK,  0.02,    5,   0.10
            BULK,  0.33,    9,   2.82
            BULK,  0.33,   10,   2.97
            BULK,  0.01,   10,   0.09
            BULK,  10000.00, 10, 90000.00
            FREE,  2.50,    3,   0.00
            """)
    void isCountedInCentsAndRoundedHalfUpOnce(Tariff tariff, String price, int quantity, String cost) {
        assertThat(tariff.cost(Money.parse(price), quantity)).isEqualTo(Money.parse(cost));
    }
}
