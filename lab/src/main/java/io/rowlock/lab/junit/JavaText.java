package io.rowlock.lab.junit;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text as Java source. */
final class JavaText {
    private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");

    private JavaText() {}

    /** A string literal. */
    static String literal(String text) {
        StringBuilder java = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> java.append("\\\"");
                case '\\' -> java.append("\\\\");
                case '\n' -> java.append("\\n");
                case '\r' -> java.append("\\r");
                case '\t' -> java.append("\\t");
                default -> {
                    if (c < ' ' || c > '~') {
                        java.append(String.format("\\u%04x", (int) c));
                    } else {
                        java.append(c);
                    }
                }
            }
        }
        return java.append('"').toString();
    }

    /** Literals, one a line. */
    static String literals(List<String> texts, String indent) {
        return texts.stream().map(JavaText::literal).collect(Collectors.joining(",\n" + indent, "\n" + indent, ""));
    }

    /**
     * Line comments. A backslash is doubled: before a u it would be read as a character, even here. What is not ASCII
     * becomes a question mark: the compiler may be told of any encoding.
     */
    static String comment(String text) {
        return text.lines()
                .map(line -> ("// " + line.replace("\\", "\\\\").replaceAll("[^ -~]", "?")).stripTrailing() + "\n")
                .collect(Collectors.joining());
    }

    /** A name that may stand in source. */
    static String requireName(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Not a name in Java (" + what + "=" + name + ")");
        }
        return name;
    }
}
