package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was merely looked at cannot be written back: such a program does not compile. */
class ViewIsNoRowTest {

    @TempDir
    Path folder;

    /** The errors of a unit whose body is this, as the compiler tells them. */
    private List<String> errorsOf(String body) {
        String source = """
                import io.rowlock.*;

                class Program {
                    record Account(long id, long balance, long version) {}

                    static final Table<Account, Long> ACCOUNTS =
                            Table.of("accounts", Account.class).key("id", Long.class).tombstones().build();

                    static void run(Rowlock rowlock) {
                        rowlock.transact(tx -> {
                            %s
                            return null;
                        });
                    }
                }
                """.formatted(body);
        JavaFileObject file =
                new SimpleJavaFileObject(URI.create("string:///Program.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-proc:none", "-d", folder.toString(), "-classpath", System.getProperty("java.class.path", ""));
        compiler.getTask(null, null, told, options, null, List.of(file)).call();
        return told.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(diagnostic -> diagnostic.getMessage(Locale.ROOT))
                .toList();
    }

    private static final String CHANGE = "a -> new Account(a.id(), a.balance() - 150, a.version()));";

    @Test
    void aRowThatWasReadOrLockedCanBeChanged() {
        assertThat(errorsOf("tx.update(tx.read(ACCOUNTS, 17L).orElseThrow(), " + CHANGE))
                .isEmpty();
        assertThat(errorsOf("tx.update(tx.lock(ACCOUNTS, 17L).orElseThrow(), " + CHANGE))
                .isEmpty();
        assertThat(errorsOf("tx.delete(tx.read(ACCOUNTS, 17L).orElseThrow());")).isEmpty();
    }

    @Test
    void aViewCanNeitherBeChangedNorDeleted() {
        assertThat(errorsOf("tx.update(tx.peek(ACCOUNTS, 17L).orElseThrow(), " + CHANGE))
                .singleElement()
                .asString()
                .contains("View<", "Row<");
        assertThat(errorsOf("tx.delete(tx.peek(ACCOUNTS, 17L).orElseThrow());"))
                .singleElement()
                .asString()
                .contains("View<", "Row<");
    }

    @Test
    void aBareValueIsNoRowEither() {
        assertThat(errorsOf("tx.update(new Account(17, 850, 1), " + CHANGE)).isNotEmpty();
    }

    @Test
    void aReadUnitOffersNoWrite() {
        assertThat(errorsOf("rowlock.read(look -> look.insert(ACCOUNTS, new Account(1, 0, 0)));"))
                .isNotEmpty();
        assertThat(errorsOf("rowlock.read(look -> look.peek(ACCOUNTS, 1L));")).isEmpty();
    }

    @Test
    void aSaveNamesTheVersionItExpects() {
        assertThat(errorsOf("rowlock.save(ACCOUNTS, new Account(1, 0, 0));")).isNotEmpty();
    }
}
