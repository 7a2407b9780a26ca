package nasty;

import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Notes which test ran, and passes or fails it. */
final class Ran {
    private Ran() {
    }

    static void as(boolean pass, String name) throws Exception {
        String line = (pass ? "pass " : "fail ") + name + "\n";
        Files.writeString(Path.of(System.getenv("RAN")), line,
            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        assertTrue(name, pass);
    }
}
