using System.Runtime.CompilerServices;

namespace Hls4Net.Keras;

/// <summary>
/// Bytes in memory of which only so many are ever read, and by no deeper calls than the stack has room for: a damaged
/// file whose parts refer to one another in circles ends with an exception.
/// </summary>
internal sealed class BoundedStream(byte[] bytes, long budget) : Stream
{
    private long _left = budget;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => bytes.Length;

    public override long Position
    {
        get => _position;
        set
        {
            if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw Endless();
            _position = value >= 0 ? value
                : throw new IOException("the file refers to a place before its beginning");
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // A read costs something, or a circle of empty ones would not end.
        _left -= buffer.Length + 1;
        if (_left < 0 || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Endless();
        if (_position >= bytes.Length)
            return 0;
        int count = (int)Math.Min(buffer.Length, bytes.Length - _position);
        bytes.AsSpan((int)_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => checked(_position + offset),
        _ => checked(bytes.Length + offset),
    };

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static IOException Endless() => new("the file's parts refer to one another without an end");
}
