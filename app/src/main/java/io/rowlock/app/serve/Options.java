package io.rowlock.app.serve;

import java.util.Map;
import java.util.NavigableSet;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ClassPathResource;

/** The options that a start may change: those that {@code application.yaml} names, so that a slip of the pen is told. */
final class Options {
    private static final String PREFIX = "rowlock.";

    private Options() {}

    /**
     * Makes sure that there are such options.
     *
     * @throws CannotStart naming one that there is not
     */
    static void requireKnown(Map<String, String> options) throws CannotStart {
        NavigableSet<String> known = known();
        for (String name : new TreeSet<>(options.keySet())) {
            if (!known.contains(name)) {
                throw new CannotStart("No such option (name=" + name + ", known=" + known + ")");
            }
        }
    }

    /** As arguments of the framework, where they count more than the file. */
    static Stream<String> asArguments(Map<String, String> options) {
        return options.entrySet().stream().map(option -> "--" + option.getKey() + "=" + option.getValue());
    }

    private static NavigableSet<String> known() {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ClassPathResource("application.yaml"));
        Properties all = yaml.getObject();
        NavigableSet<String> names = new TreeSet<>();
        if (all != null) {
            // Not all values are text, so Properties' own list of names is not the whole one.
            all.keySet().stream()
                    .map(String::valueOf)
                    .filter(name -> name.startsWith(PREFIX))
                    .forEach(names::add);
        }
        return names;
    }
}
