package io.rowlock.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecorderOptionsTest {

    @Test
    void eachOptionIsChangedAlone() {
        RecorderOptions defaults = RecorderOptions.defaults();
        assertThat(defaults).isEqualTo(new RecorderOptions(100_000, 100, 8, true));
        assertThat(defaults.withStepsMax(1)).isEqualTo(new RecorderOptions(1, 100, 8, true));
        assertThat(defaults.withRowsMax(1)).isEqualTo(new RecorderOptions(100_000, 1, 8, true));
        assertThat(defaults.withFramesMax(1)).isEqualTo(new RecorderOptions(100_000, 100, 1, true));
        assertThat(defaults.withoutValues()).isEqualTo(new RecorderOptions(100_000, 100, 8, false));
    }

    @Test
    void aBoundIsNotNegative() {
        assertThatThrownBy(() -> RecorderOptions.defaults().withRowsMax(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rowsMax=-1");
    }
}
