package io.rowlock.redis;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The masters of a cluster that have slots, and who serves which, as one member saw it. Immutable. */
final class SlotMap {

    /**
     * A master.
     *
     * @param id by which the cluster knows it, whatever its address is
     */
    record Member(String id, String host, int port, BitSet slots) {}

    private final List<Member> members;
    private final int[] owners;

    private SlotMap(List<Member> members, int[] owners) {
        this.members = members;
        this.owners = owners;
    }

    /**
     * Reads the answer to {@code CLUSTER SLOTS}.
     *
     * @param host by which the member was reached that answered: it may not know its own
     * @throws Replies.Missing if there is a slot that nobody serves
     */
    static SlotMap read(List<Object> answer, String host) {
        Map<String, Member> found = new LinkedHashMap<>();
        for (Object range : answer) {
            List<?> parts = list(range);
            List<?> master = parts.size() < 3 ? List.of() : list(parts.get(2));
            if (master.size() < 3) {
                throw new Replies.Missing("an answer of another kind", null);
            }
            String id = text(master.get(2));
            String named = text(master.get(0));
            found.computeIfAbsent(
                            id,
                            one -> new Member(one, named.isEmpty() ? host : named, number(master.get(1)), new BitSet()))
                    .slots()
                    .set(number(parts.get(0)), number(parts.get(1)) + 1);
        }
        List<Member> members = new ArrayList<>(found.values());
        members.sort(Comparator.comparing(Member::id));
        int[] owners = new int[SlotHash.SLOT_COUNT];
        Arrays.fill(owners, -1);
        for (int i = 0; i < members.size(); i++) {
            int owner = i;
            members.get(i).slots().stream().forEach(slot -> owners[slot] = owner);
        }
        long none = Arrays.stream(owners).filter(owner -> owner < 0).count();
        if (none > 0) {
            throw new Replies.Missing("slots that nobody serves: " + none, null);
        }
        return new SlotMap(List.copyOf(members), owners);
    }

    private static List<?> list(Object part) {
        if (part instanceof List<?> list) {
            return list;
        }
        throw new Replies.Missing("an answer of another kind", null);
    }

    private static String text(@Nullable Object part) {
        return part instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    }

    private static int number(Object part) {
        if (part instanceof Long number && number >= 0 && number < 1 << 16) {
            return number.intValue();
        }
        throw new Replies.Missing("an answer of another kind", null);
    }

    /** In the order of their ids, which every process sees alike. */
    List<Member> members() {
        return members;
    }

    /** Which of the {@link #members} serves the slot of a key. */
    int ownerOf(byte[] key) {
        return owners[SlotHash.getSlot(key)];
    }

    /**
     * What a member says of itself in its answer to {@code CLUSTER NODES}.
     *
     * @throws Replies.Missing if slots of its are being moved: it has some of their keys, and another member the rest
     */
    static BitSet ownSlots(String nodes) {
        String[] words = nodes.lines()
                .map(line -> line.split(" ", -1))
                .filter(parts ->
                        parts.length >= 8 && List.of(parts[2].split(",", -1)).contains("myself"))
                .findFirst()
                .orElseThrow(() -> new Replies.Missing("an answer of another kind", null));
        BitSet slots = new BitSet();
        for (String range : Arrays.copyOfRange(words, 8, words.length)) {
            if (range.startsWith("[")) {
                throw new Replies.Missing("slots are being moved", null);
            }
            String[] ends = range.split("-", 2);
            slots.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
        }
        return slots;
    }
}
