namespace ReAim.Alg.Msn;

/// <summary>Takes fields, "Name: value", off a text, one per line, until an empty line (PROTOCOL-MSN 2).</summary>
/// <param name="text">The bytes.</param>
/// <param name="start">Where the first field begins.</param>
internal ref struct FieldReader(ReadOnlySpan<byte> text, int start)
{
    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>Where the next line begins; behind the empty line once it was met.</summary>
    public int Position { get; private set; } = start;

    /// <summary>True if nothing follows the text, whose end then ends a line too.</summary>
    public bool IsWhole { get; init; }

    /// <summary>True once an empty line ended the fields.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>The field's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Where its value stands, without blanks around it.</summary>
    public Range Value { get; private set; }

    /// <summary>Takes the next field; lines that are none are passed over.</summary>
    /// <returns>False at the empty line, or where no line ends any more.</returns>
    public bool TryRead()
    {
        while (!IsEnded)
        {
            ReadOnlySpan<byte> rest = _text[Position..];
            int end = rest.IndexOf((byte)'\n');
            if (end < 0 && (!IsWhole || rest.IsEmpty))
            {
                return false;
            }

            int first = Position;
            ReadOnlySpan<byte> line = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            Position += end < 0 ? rest.Length : end + 1;
            IsEnded = line.IsEmpty;
            int colon = line.IndexOf((byte)':');
            if (colon > 0)
            {
                int value = colon + 1;
                int valueEnd = line.TrimEnd((byte)' ').Length;
                while (value < valueEnd && line[value] == (byte)' ')
                {
                    value++;
                }

                Name = line[..colon];
                Value = (first + value)..(first + Math.Max(value, valueEnd));
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the field has that name, in capitals or not.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(Name, name);
}
