package io.rowlock.lab.junit;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources in a folder, compiled against what this test sees. */
final class Compiled implements AutoCloseable {
    private final URLClassLoader classes;

    private Compiled(URLClassLoader classes) {
        this.classes = classes;
    }

    static Compiled from(Path sources, Path output) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(sources)) {
            files = all.filter(file -> file.toString().endsWith(".java")).toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean passed = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-Xlint:all,-classfile,-processing,-path",
                                    "-Werror",
                                    "-d",
                                    Files.createDirectories(output).toString(),
                                    "-classpath",
                                    System.getProperty("java.class.path")),
                            null,
                            manager.getJavaFileObjectsFromPaths(files))
                    .call();
            if (!passed) {
                throw new AssertionError("Does not compile (files=" + files + "):\n" + messages);
            }
        }
        return new Compiled(
                new URLClassLoader(new java.net.URL[] {output.toUri().toURL()}, Compiled.class.getClassLoader()));
    }

    Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name, true, classes);
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
