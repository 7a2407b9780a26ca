<?php
/* SPDX-License-Identifier: MIT */
namespace Nasty\Names;

use PHPUnit\Framework\TestCase;

class NamesTest extends TestCase
{
	private function ran($outcome)
	{
		file_put_contents(getenv('RAN'),
		    $outcome . ' ' . get_class($this) . ' ' .
		    $this->getName() . "\n", FILE_APPEND);
		$this->assertSame('pass', $outcome);
	}

	public function testAdds()
	{
		$this->ran('fail');
	}

	public function testAddsMore()
	{
		$this->ran('pass');
	}

	public function testGröße()
	{
		$this->ran('fail');
	}

	/** @dataProvider names */
	public function testNames($outcome)
	{
		$this->ran($outcome);
	}

	public function names()
	{
		return [
			'plain' => ['pass'],
			'with spaces' => ['fail'],
			"it's" => ['fail'],
			'a/b' => ['fail'],
			'a/b/c' => ['pass'],
			'x::y [0] {1}' => ['fail'],
			'$HOME (x|y)' => ['fail'],
			'größe' => ['fail'],
			'back\\slash' => ['fail'],
			'a.b*' => ['fail'],
			'prefix' => ['fail'],
			'prefix more' => ['pass'],
		];
	}

	/** @dataProvider numbers */
	public function testNumbers($outcome)
	{
		$this->ran($outcome);
	}

	public function numbers()
	{
		return [['pass'], ['fail'], ['pass']];
	}
}
