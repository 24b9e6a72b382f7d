namespace ReAim.Fuzz.Tests;

/// <summary>Small things done to bytes, some at once.</summary>
internal static class Mutation
{
    private const int MaxSteps = 6;
    private static readonly byte[] s_telling = [0, 1, 2, 4, 5, 0x2A, 0x7F, 0x80, 0xFE, 0xFF];

    public static byte[] Of(byte[][] inputs, Random random)
    {
        List<byte> bytes = [.. inputs[random.Next(inputs.Length)]];
        for (int steps = random.Next(MaxSteps) + 1; steps > 0; steps--)
        {
            int at = random.Next(bytes.Count + 1);
            int count = Math.Min(random.Next(1, 24), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 1:
                    bytes.RemoveRange(at, count);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 3:
                    byte[] other = inputs[random.Next(inputs.Length)];
                    int from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..random.Next(from, other.Length + 1)]);
                    break;
                case 4 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 5 when at < bytes.Count:
                    bytes[at] = s_telling[random.Next(s_telling.Length)];
                    break;
                case 6 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }
}
