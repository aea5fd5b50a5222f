package io.rowlock.app.serve;

import java.io.IOException;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Properties;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ClassPathResource;

/** The options that a start may change: those that {@code application.yaml} names, so that a slip of the pen is told. */
public final class Options {
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

    /**
     * The options of a system for a command that does not serve: as {@code application.yaml} has them, unless this process's
     * environment or a change says otherwise.
     *
     * @param prefix the beginning of their names, such as {@code rowlock.sync}
     * @param changes what differs, by whole names
     * @throws CannotStart if there is no such option, or it may not have that value
     */
    public static <T> T of(String prefix, Class<T> type, Map<String, String> changes) throws CannotStart {
        requireKnown(changes);
        StandardEnvironment environment = new StandardEnvironment();
        try {
            new YamlPropertySourceLoader()
                    .load("defaults", new ClassPathResource("application.yaml"))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException unreadable) {
            throw new IllegalStateException("The options of this program cannot be read", unreadable);
        }
        environment.getPropertySources().addFirst(new MapPropertySource("changes", Map.copyOf(changes)));
        try {
            return Binder.get(environment, null).bind(prefix, type).get();
        } catch (BindException unusable) {
            Throwable root = unusable;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw new CannotStart(
                    "An option may not be as it is set (prefix=" + prefix + "): " + root.getMessage(), unusable);
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
